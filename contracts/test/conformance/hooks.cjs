// Skips what is listed with its reason, and fails where the list names nothing: a skip ends with the test that it is for.
const skips = require('./skips.cjs');

const used = new Map(skips.map(({ tests }) => [tests, 0]));

exports.mochaHooks = {
  async beforeAll() {
    await require('./genesis.cjs').genesis();
  },
  beforeEach() {
    const title = this.currentTest.fullTitle();
    const skip = skips.find(({ tests }) => tests.test(title));
    if (skip === undefined) return;
    used.set(skip.tests, used.get(skip.tests) + 1);
    this.skip();
  },
  afterAll() {
    for (const { tests, why } of skips) {
      if (used.get(tests) === 0) throw new Error(`no test is ${tests}`);
      console.log(`    skipped ${used.get(tests)}: ${why}`);
    }
  },
};
