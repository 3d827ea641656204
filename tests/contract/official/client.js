// What the official JavaScript client does: start, list, look at and cancel exports.
// Run with the endpoint; what was seen is printed as JSON.
const ee = require('@google/earthengine');

const [endpoint] = process.argv.slice(2);
const project = 'contract-project';

const asked = (method, ...given) => new Promise((resolve, reject) => method.call(
  ee.data, ...given, (found, error) => (error ? reject(new Error(error)) : resolve(found))));
const initialized = () => new Promise((resolve, reject) => ee.initialize(
  endpoint, endpoint, resolve, (error) => reject(new Error(error)), null, project));
const started = (task) => new Promise((resolve, reject) => task.start(
  () => resolve(`projects/${project}/operations/${task.id}`), (error) => reject(new Error(error))));
const metadata = async (name) => (await asked(ee.data.getOperation, name)).metadata;

async function main() {
  ee.data.setAuthToken('client', 'Bearer', 'static-token', 3600, [], undefined, false);
  await initialized();
  const image = ee.Image(1).rename('one');
  const region = ee.Geometry.Rectangle([0, 0, 1, 1]);
  const to = ee.batch.Export.image;
  const drive = await started(to.toDrive({image, description: 'drive', folder: 'f', region, scale: 1000}));
  const seen = {name: drive, started: (await metadata(drive)).state};
  seen.listed = (await asked(ee.data.listOperations, 10)).map((found) => found.metadata.description);
  await asked(ee.data.cancelOperation, drive);
  seen.cancelled = [(await metadata(drive)).state, (await metadata(drive)).state];
  await started(to.toCloudStorage({
    image, description: 'records', bucket: 'bucket', region, scale: 1000, fileFormat: 'TFRecord',
    formatOptions: {patchDimensions: [256, 256], compressed: true},
  }));
  const asset = await started(to.toAsset({
    image, description: 'asset', assetId: `projects/${project}/assets/js`, region, scale: 1000,
    pyramidingPolicy: {'.default': 'sample'},
  }));
  seen.asset = [];
  for (let look = 0; look < 4; look += 1) seen.asset.push((await metadata(asset)).state);
  try {
    await started(to.toDrive({image, description: '\u00e9', region, scale: 1000}));
  } catch (error) {
    seen.refused = error.message;
  }
  console.log(JSON.stringify(seen));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
