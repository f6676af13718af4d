import { PerformanceObserver } from 'node:perf_hooks';

/** Does something, and reports how often garbage was collected meanwhile. */
export function countCollections(work: () => void, report: (collections: number) => void): void {
  const collections: number[] = [];
  const observer = new PerformanceObserver(list => {
    for (const { startTime } of list.getEntries()) collections.push(startTime);
  });
  observer.observe({ entryTypes: ['gc'] });
  const start = performance.now();
  work();
  const end = performance.now();
  // Observers are called when the event loop turns.
  setTimeout(() => {
    observer.disconnect();
    report(collections.filter(time => time > start && time < end).length);
  }, 10);
}
