'use strict';

const { reporters, Runner } = require('mocha');

/**
 * Mocha's `spec` reporter with one more line at the very end, alone on its line and easy to read
 * by a program: `N passed, N failed`, with `, N skipped` only where something was skipped.
 */
module.exports = class SummaryReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    // Registered after Spec's own listener, so this line follows its epilogue.
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats;
      const skipped = pending > 0 ? `, ${pending} skipped` : '';
      console.log(`${passes} passed, ${failures} failed${skipped}`);
    });
  }
};
