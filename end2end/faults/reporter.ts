// Counts the faults: "57 faults survived of 57".
import type { Reporter, TestCase, TestResult } from '@playwright/test/reporter';

/** Prints its line when faults were among the tests. */
export default class Faults implements Reporter {
  private survived = 0;
  private all = 0;

  onTestEnd(test: TestCase, result: TestResult): void {
    if (test.parent.project()?.name !== 'faults' || result.status === 'skipped') return;
    this.all += 1;
    if (result.status === 'passed') this.survived += 1;
  }

  onEnd(): void {
    if (this.all) console.log(`\n${this.survived} faults survived of ${this.all}`);
  }

  printsToStdio(): boolean {
    return false;
  }
}
