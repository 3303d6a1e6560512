const { TestEnvironment } = require("jest-environment-jsdom");

/** A page of jsdom, which has no fetch of its own, with that of Node. */
module.exports = class extends TestEnvironment {
  constructor(...options) {
    super(...options);
    this.global.fetch = fetch;
  }
};
