// Runs one program of @google/earthengine: `node run.js MODULE PROGRAM ENDPOINT`.
// A program is an async function of a server; it throws if it did not start or read what it should.
const assert = require('node:assert/strict');
const ee = require('@google/earthengine');

const [file, name, endpoint] = process.argv.slice(2);
const project = 'contract-project';

// The functions of the client take a callback of a result and an error.
const asked = (method, ...given) => new Promise((resolve, reject) => method.call(
  ee.data, ...given, (found, error) => (error ? reject(new Error(error)) : resolve(found))));
const evaluated = (value) => new Promise((resolve, reject) => value.evaluate(
  (found, error) => (error ? reject(new Error(error)) : resolve(found))));
const started = (task) => new Promise((resolve, reject) => task.start(
  () => resolve(`projects/${project}/operations/${task.id}`), (error) => reject(new Error(error))));
const refused = async (promise) => {
  try {
    await promise;
  } catch (error) {
    return error.message;
  }
  throw new Error('nothing was refused');
};

const control = async (verb, path, body) => {
  const answer = await fetch(`${endpoint}/$contract/${path}`, {
    method: verb, body: body && JSON.stringify(body), headers: {'content-type': 'application/json'},
  });
  const content = await answer.json();
  assert.equal(answer.status, 200, JSON.stringify(content));
  return content;
};

const server = {
  operations: async () => (await control('GET', 'operations')).operations,
  requests: async (method) => (await control('GET', 'requests')).requests
    .filter((each) => each.method && each.method.endsWith(method)),
  // Type and description of each operation, oldest first.
  kinds: async () => (await server.operations()).map((each) => [each.metadata.type, each.metadata.description]),
  // Destination of each accepted start of a method.
  places: async (method) => (await server.requests(method))
    .filter((each) => each.verdict === 'accepted')
    .flatMap((each) => Object.entries(each.body).filter(([key]) => key.endsWith('ExportOptions')))
    .flatMap(([, options]) => Object.entries(options).filter(([key]) => key.endsWith('Destination'))),
  finish: async () => {
    for (const each of await server.operations()) {
      if (!each.done) await control('POST', 'call/finish', {name: each.name});
    }
  },
  fail: (operation, message) => control('POST', 'call/fail', {name: operation, message, code: 3}),
};

async function main() {
  ee.data.setAuthToken('client', 'Bearer', 'static-token', 3600, [], undefined, false);
  await new Promise((resolve, reject) => ee.initialize(
    endpoint, endpoint, resolve, (error) => reject(new Error(error)), null, project));
  const home = `projects/${project}/assets`;
  await require(file)[name]({ee, assert, asked, evaluated, started, refused, server, home, project});
}

main().then(() => process.exit(0), (error) => {
  console.error(error);
  process.exit(1);
});
