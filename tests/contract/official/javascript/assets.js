// Programs that manage assets, ingest them, and read values.

exports.folders = async ({ee, assert, asked, refused, home}) => {
  const folder = await asked(ee.data.createFolder, `${home}/work`, false);
  assert.deepEqual([folder.type, folder.id], ['Folder', `${home}/work`]);
  await asked(ee.data.createAsset, {type: 'IMAGE_COLLECTION'}, `${home}/work/days`, false, {owner: 'we'});
  const listed = await asked(ee.data.listAssets, `${home}/work`, {});
  assert.deepEqual(listed.assets.map((each) => [each.type, each.id]), [['IMAGE_COLLECTION', `${home}/work/days`]]);
  assert.ok(await refused(asked(ee.data.deleteAsset, `${home}/work`)));
  await asked(ee.data.deleteAsset, `${home}/work/days`);
  await asked(ee.data.deleteAsset, `${home}/work`);
  assert.match(await refused(asked(ee.data.getAsset, `${home}/work`)), /does not exist/);
};

exports.skipWhatExists = async ({ee, assert, asked, started, server, home}) => {
  for (const index of ['20240110', '20240401']) {
    const assetId = `${home}/scenes/${index}`;
    const exists = await asked(ee.data.getAsset, assetId).then(() => true, () => false);
    if (!exists) {
      await started(ee.batch.Export.image.toAsset({
        image: ee.Image(1), description: index, assetId, region: ee.Geometry.Rectangle([0, 0, 1, 1]), scale: 1000,
      }));
    }
  }
  assert.deepEqual(await server.kinds(), [['EXPORT_IMAGE', '20240401']]);
};

exports.copyAndMove = async ({ee, assert, asked, refused, home}) => {
  const source = `${home}/scenes/20240110`;
  await asked(ee.data.copyAsset, source, `${home}/copy`, false);
  assert.ok(await refused(asked(ee.data.copyAsset, source, `${home}/copy`, false)));
  await asked(ee.data.copyAsset, source, `${home}/copy`, true);
  await asked(ee.data.renameAsset, `${home}/copy`, `${home}/moved`);
  assert.equal((await asked(ee.data.getAsset, `${home}/moved`)).id, `${home}/moved`);
  assert.ok(await refused(asked(ee.data.getAsset, `${home}/copy`)));
};

exports.properties = async ({ee, assert, asked, home}) => {
  const name = `${home}/scenes/20240110`;
  await asked(ee.data.setAssetProperties, name, {quality: 'good'});
  assert.equal((await asked(ee.data.getAsset, name)).properties.quality, 'good');
};

exports.access = async ({ee, assert, asked, home}) => {
  const name = `${home}/scenes`;
  await asked(ee.data.setAssetAcl, name, {readers: ['user:ann@example.com'], writers: [], all_users_can_read: true});
  const acl = await asked(ee.data.getAssetAcl, name);
  assert.deepEqual([acl.readers, acl.all_users_can_read], [['ann@example.com'], true]);
  const policy = await asked(ee.data.getIamPolicy, name);
  assert.ok(policy.bindings.some((each) => each.role === 'roles/viewer'), JSON.stringify(policy));
};

exports.roots = async ({ee, assert, asked, home, project}) => {
  const roots = await asked(ee.data.getAssetRoots);
  assert.ok(roots.some((each) => each.id === `${home}/scenes`), JSON.stringify(roots));
  const buckets = await asked(ee.data.listBuckets, `projects/${project}`);
  assert.ok(buckets.assets.some((each) => each.id === `${home}/fields`), JSON.stringify(buckets));
  const images = await asked(ee.data.listImages, `${home}/scenes`, {});
  assert.equal(images.images.length, 3);
  assert.equal((await asked(ee.data.getList, {id: `${home}/scenes`})).length, 3);
};

exports.ingestion = async ({ee, assert, asked, server, home}) => {
  const [image, fields] = await asked(ee.data.newTaskId, 2);
  await asked(ee.data.startIngestion, image, {
    id: `${home}/ingested`, tilesets: [{sources: [{primaryPath: 'gs://bucket/a.tif'}]}],
  });
  await asked(ee.data.startTableIngestion, fields, {
    id: `${home}/towns`, sources: [{primaryPath: 'gs://bucket/towns.shp'}],
  });
  await server.finish();
  assert.deepEqual((await server.kinds()).map(([kind]) => kind), ['INGEST_IMAGE', 'INGEST_TABLE']);
  assert.equal((await asked(ee.data.getAsset, `${home}/towns`)).type, 'Table');
};

exports.collection = async ({ee, assert, evaluated, home}) => {
  const scenes = ee.ImageCollection(`${home}/scenes`);
  assert.equal(await evaluated(scenes.size()), 3);
  assert.deepEqual(await evaluated(scenes.aggregate_array('CLOUD_COVER')), [10, 40, 15]);
  assert.equal(await evaluated(scenes.filterDate('2024-02-01', '2024-04-01').size()), 2);
  assert.equal(await evaluated(scenes.filter(ee.Filter.lt('CLOUD_COVER', 20)).size()), 2);
  assert.deepEqual(await evaluated(scenes.first().bandNames()), ['B4', 'B3', 'B2']);
  assert.equal((await evaluated(scenes.limit(1))).features.length, 1);
};

exports.values = async ({ee, assert, evaluated}) => {
  assert.equal(await evaluated(ee.Number(1).add(2)), 3);
  assert.deepEqual(await evaluated(ee.List.sequence(1, 3).map((each) => ee.Number(each).multiply(2))), [2, 4, 6]);
  assert.equal(await evaluated(ee.Date('2024-01-31').advance(1, 'day').format('YYYY-MM-dd')), '2024-02-01');
  assert.deepEqual(await evaluated(ee.Dictionary({a: 1}).set('b', 2)), {a: 1, b: 2});
};

exports.image = async ({ee, assert, evaluated, home}) => {
  const info = await evaluated(ee.Image(`${home}/scenes/20240110`).select('B4'));
  assert.deepEqual([info.type, info.id], ['Image', `${home}/scenes/20240110`]);
  assert.deepEqual(info.bands.map((each) => each.id), ['B4']);
  // Without a callback the client waits for the answer.
  assert.equal(ee.Number(2).getInfo(), 2);
};

exports.unknownAsset = async ({ee, assert, evaluated, refused, server, home}) => {
  assert.match(await refused(evaluated(ee.Image(`${home}/missing`))), /not found/);
  assert.deepEqual(await server.kinds(), []);
};

exports.pixels = async ({ee, assert, asked, evaluated, refused, server, home}) => {
  const picture = ee.Image(`${home}/scenes/20240110`);
  const region = ee.Geometry.Rectangle([116.2, 39.8, 116.3, 39.9]);
  const mapped = new Promise((resolve, reject) => picture.getMap(
    {min: 0, max: 3000}, (found, error) => (error ? reject(new Error(error)) : resolve(found))));
  assert.match(await refused(mapped), /contract/);
  assert.match(await refused(asked(ee.data.getThumbId, {image: picture})), /contract/);
  assert.match(await refused(evaluated(picture.reduceRegion(ee.Reducer.mean(), region, 100))), /contract/);
  assert.deepEqual(await server.kinds(), []);
};

exports.justExported = async ({ee, assert, asked, started, server, home}) => {
  const assetId = `${home}/made`, region = ee.Geometry.Rectangle([0, 0, 1, 1]);
  await started(ee.batch.Export.image.toAsset({
    image: ee.Image([1, 2]).rename(['a', 'b']).set('version', 3), description: 'made', assetId, region, scale: 1000,
  }));
  await server.finish();
  const made = await asked(ee.data.getAsset, assetId);
  assert.deepEqual([made.type, made.bands.map((band) => band.id)], ['Image', ['a', 'b']]);
  assert.equal(await asked(ee.data.computeValue, ee.Image(assetId).get('version')), 3);
};
