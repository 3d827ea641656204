// Programs that start exports, look at them and cancel them.
const region = (ee) => ee.Geometry.Rectangle([116.2, 39.8, 116.3, 39.9]);
const table = (ee) => ee.FeatureCollection([ee.Feature(ee.Geometry.Point([8.5, 47.4]), {name: 'Zug'})]);

exports.imageToDrive = async ({ee, assert, started, server}) => {
  await started(ee.batch.Export.image.toDrive({
    image: ee.Image(1).rename('one'), description: 'to-drive', folder: 'maps', fileNamePrefix: 'one',
    region: region(ee), scale: 30, crs: 'EPSG:4326', maxPixels: 1e9,
  }));
  assert.deepEqual(await server.kinds(), [['EXPORT_IMAGE', 'to-drive']]);
  assert.deepEqual(await server.places('image.export'),
    [['driveDestination', {folder: 'maps', filenamePrefix: 'one'}]]);
};

exports.imageToCloudStorage = async ({ee, assert, started, server}) => {
  await started(ee.batch.Export.image.toCloudStorage({
    image: ee.Image(1), description: 'to-bucket', bucket: 'bucket', fileNamePrefix: 'a/b', region: region(ee),
    scale: 30, fileFormat: 'GeoTIFF', formatOptions: {cloudOptimized: true}, shardSize: 256,
    fileDimensions: [512, 512],
  }));
  const [[place, where]] = await server.places('image.export');
  assert.deepEqual([place, where.bucket, where.filenamePrefix], ['cloudStorageDestination', 'bucket', 'a/b']);
};

exports.imageToAsset = async ({ee, assert, asked, started, server, home}) => {
  await started(ee.batch.Export.image.toAsset({
    image: ee.Image(7).toByte(), description: 'to-asset', assetId: `${home}/exported`, region: region(ee),
    scale: 100, pyramidingPolicy: {'.default': 'mode'},
  }));
  await server.finish();
  assert.equal((await asked(ee.data.getAsset, `${home}/exported`)).type, 'Image');
  assert.deepEqual(await server.kinds(), [['EXPORT_IMAGE', 'to-asset']]);
};

exports.imageTooLarge = async ({ee, assert, asked, started}) => {
  const name = await started(ee.batch.Export.image.toDrive({
    image: ee.Image(1), description: 'large', region: region(ee), scale: 1, maxPixels: 1000,
  }));
  let operation = {};
  for (let look = 0; look < 6; look += 1) operation = await asked(ee.data.getOperation, name);
  assert.equal(operation.metadata.state, 'FAILED');
  assert.match(operation.error.message, /^Export too large: specified \d+ pixels \(max: 1000\)/);
};

exports.tables = async ({ee, assert, started, server, home}) => {
  const to = ee.batch.Export.table;
  await started(to.toDrive({collection: table(ee), description: 'drive', folder: 'f', fileFormat: 'GeoJSON'}));
  await started(to.toCloudStorage({collection: table(ee), description: 'bucket', bucket: 'b', fileFormat: 'SHP'}));
  await started(to.toAsset({collection: table(ee), description: 'asset', assetId: `${home}/towns`}));
  await started(to.toFeatureView({
    collection: table(ee), description: 'view', assetId: `${home}/view`, maxFeaturesPerTile: 100,
    thinningStrategy: 'HIGHER_DENSITY',
  }));
  await started(to.toBigQuery({collection: table(ee), description: 'query', table: 'a.b.c', append: true}));
  assert.deepEqual((await server.kinds()).map(([, description]) => description),
    ['drive', 'bucket', 'asset', 'view', 'query']);
  assert.deepEqual((await server.places('table.export')).map(([place]) => place), [
    'driveDestination', 'cloudStorageDestination', 'earthEngineDestination', 'earthEngineDestination',
    'bigqueryDestination',
  ]);
};

exports.videos = async ({ee, assert, started, server}) => {
  const collection = ee.ImageCollection([ee.Image([1, 2, 3]).toByte(), ee.Image([4, 5, 6]).toByte()]);
  const film = {collection, dimensions: 720, framesPerSecond: 12, region: region(ee)};
  await started(ee.batch.Export.video.toDrive({...film, description: 'drive', folder: 'films'}));
  await started(ee.batch.Export.video.toCloudStorage({...film, description: 'bucket', bucket: 'b'}));
  assert.deepEqual(await server.kinds(), [['EXPORT_VIDEO', 'drive'], ['EXPORT_VIDEO', 'bucket']]);
};

exports.mapTiles = async ({ee, assert, started, server}) => {
  await started(ee.batch.Export.map.toCloudStorage({
    image: ee.Image([1, 2, 3]).toByte(), description: 'tiles', bucket: 'bucket', path: 'tiles', maxZoom: 3,
    region: region(ee), writePublicTiles: false,
  }));
  assert.deepEqual(await server.kinds(), [['EXPORT_TILES', 'tiles']]);
};

exports.classifier = async ({ee, assert, asked, started, server, home}) => {
  const trained = ee.Classifier.smileRandomForest(3).train(table(ee), 'name', ['name']);
  await started(ee.batch.Export.classifier.toAsset({
    classifier: trained, description: 'trees', assetId: `${home}/classifier`,
  }));
  await server.finish();
  assert.deepEqual(await server.kinds(), [['EXPORT_CLASSIFIER', 'trees']]);
  assert.equal((await asked(ee.data.getAsset, `${home}/classifier`)).type, 'Classifier');
};

exports.eachOfACollection = async ({ee, assert, evaluated, started, server, home}) => {
  const scenes = ee.ImageCollection(`${home}/scenes`).filterDate('2024-01-01', '2024-03-01');
  const indices = await evaluated(scenes.aggregate_array('system:index'));
  const images = scenes.toList(indices.length);
  for (const [number, index] of indices.entries()) {
    await started(ee.batch.Export.image.toDrive({
      image: ee.Image(images.get(number)), description: `scene-${index}`, region: region(ee), scale: 30,
    }));
  }
  assert.deepEqual(await server.kinds(),
    [['EXPORT_IMAGE', 'scene-20240110'], ['EXPORT_IMAGE', 'scene-20240211']]);
};

exports.tasks = async ({ee, assert, asked, started, server}) => {
  const make = (description) => ee.batch.Export.table.toDrive({collection: table(ee), description});
  const task = make('first');
  const [first, second] = [await started(task), await started(make('second'))];
  await asked(ee.data.cancelTask, task.id);
  await server.fail(second, 'Internal error.');
  assert.deepEqual((await asked(ee.data.listOperations, 10)).map((each) => each.name), [second, first]);
  assert.deepEqual((await asked(ee.data.getTaskList)).tasks.map((each) => each.description), ['second', 'first']);
  assert.equal((await asked(ee.data.getTaskListWithLimit, 1)).tasks.length, 1);
  const [status] = await asked(ee.data.getTaskStatus, task.id);
  assert.deepEqual([status.id, status.description], [task.id, 'first']);
  await asked(ee.data.getOperation, first);
  assert.equal((await asked(ee.data.getOperation, first)).metadata.state, 'CANCELLED');
  const failed = (await asked(ee.data.getTaskStatus, second.split('/').pop()))[0];
  assert.deepEqual([failed.state, failed.error_message], ['FAILED', 'Internal error.']);
  assert.equal((await server.kinds()).length, 2);
};

exports.processing = async ({ee, assert, asked, server}) => {
  const id = (await asked(ee.data.newTaskId, 1))[0];
  const options = {
    element: ee.Image(1), type: 'EXPORT_IMAGE', description: 'by-hand', driveFolder: 'f', region: region(ee), scale: 30,
  };
  const answer = await asked(ee.data.startProcessing, id, options);
  assert.ok(answer.taskId, JSON.stringify(answer));
  assert.deepEqual(await server.kinds(), [['EXPORT_IMAGE', 'by-hand']]);
};

exports.severalTasks = async ({ee, assert, asked, refused, started, server}) => {
  const names = [];
  for (const description of ['one', 'two', 'three']) {
    names.push(await started(ee.batch.Export.image.toDrive({
      image: ee.Image(1), description, region: region(ee), scale: 100,
    })));
  }
  const ids = names.map((name) => name.split('/').pop());
  await asked(ee.data.updateTask, ids.slice(0, 2), 'CANCEL');
  await server.fail(names[2], 'Out of \u201cmemory\u201d.');
  // Each look lets two seconds pass, and a batch has one look for each task.
  const operations = await asked(ee.data.getOperation, names);
  assert.deepEqual(Object.keys(operations), names);
  assert.equal(operations[names[2]].metadata.state, 'FAILED');
  const tasks = await asked(ee.data.getTaskStatus, ids);
  assert.deepEqual(tasks.map((task) => [task.id, task.description, task.state, task.error_message]), [
    [ids[0], 'one', 'CANCELLED', 'Cancelled.'], [ids[1], 'two', 'CANCELLED', 'Cancelled.'],
    [ids[2], 'three', 'FAILED', 'Out of \u201cmemory\u201d.'],
  ]);
  const missing = 'projects/contract-project/operations/MISSING';
  const said = await refused(asked(ee.data.cancelOperation, [names[0], missing]));
  assert.equal(said, `${missing}: Operation '${missing}' not found.`);
};
