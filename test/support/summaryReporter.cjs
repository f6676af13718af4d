'use strict';

const { reporters, Runner } = require('mocha');

/** What went wrong stands at the end of a message that begins with a program's output. */
function bothEnds(text) {
  return text.length <= 1300 ? text : `${text.slice(0, 300)} [...] ${text.slice(-1000)}`;
}

/**
 * Mocha's `spec` reporter with more lines at the very end: which tests were left out and why, where any
 * were; `FAILED:` with name and message, a line for each test that failed; and one that is easy to read
 * by a program: `N passed, N failed`, with `, N skipped` only where something was skipped.
 */
module.exports = class SummaryReporter extends reporters.Spec {
  /** How many tests were left out of each outermost suite. */
  #leftOut = new Map();
  #failed = [];

  constructor(runner, options) {
    super(runner, options);
    const { EVENT_RUN_END, EVENT_TEST_FAIL, EVENT_TEST_PENDING } = Runner.constants;
    runner.on(EVENT_TEST_FAIL, (test, error) => {
      const message = String(error?.message ?? error).replaceAll(/\s+/gu, ' ');
      this.#failed.push(`FAILED: ${test.fullTitle()}: ${bothEnds(message)}`);
    });
    runner.on(EVENT_TEST_PENDING, test => {
      const [suite] = test.titlePath();
      this.#leftOut.set(suite, (this.#leftOut.get(suite) ?? 0) + 1);
    });
    // Registered after Spec's own listener, so these lines follow its epilogue.
    runner.once(EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats;
      if (pending > 0) this.#tellLeftOut();
      for (const line of this.#failed) console.log(line);
      const skipped = pending > 0 ? `, ${pending} skipped` : '';
      console.log(`${passes} passed, ${failures} failed${skipped}`);
    });
  }

  #tellLeftOut() {
    const { noKvm } = require('./kvm');
    const why = noKvm === null ? '' : `, since they need KVM and ${noKvm}`;
    console.log(`These tests were left out${why}:`);
    for (const [suite, count] of this.#leftOut) console.log(`  ${count} of: ${suite}`);
    console.log('');
  }
};
