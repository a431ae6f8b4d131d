// Counts the faults: "97 faults survived of 97"; of a share of them it says so.
import type { Reporter, TestCase, TestResult } from '@playwright/test/reporter';

/** Prints its line when faults were among the tests. */
export default class Faults implements Reporter {
  private survived = 0;
  private tried = 0;
  private all = 0;

  onTestEnd(test: TestCase, result: TestResult): void {
    if (test.parent.project()?.name !== 'faults') return;
    this.all += 1;
    if (result.status === 'skipped') return;
    this.tried += 1;
    if (result.status === 'passed') this.survived += 1;
  }

  onEnd(): void {
    if (!this.tried) return;
    const left = this.all - this.tried;
    const why = process.env.FILO_FULL ? `${left} are not possible here` : `a share; all ${this.all} with --full`;
    console.log(`\n${this.survived} faults survived of ${this.tried}${left ? ` (${why})` : ''}`);
  }

  printsToStdio(): boolean {
    return false;
  }
}
