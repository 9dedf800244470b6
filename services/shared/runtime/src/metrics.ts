import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/**
 * The metrics of one process. Names begin with `syncline_`; labels come from small fixed sets, never from a document,
 * a person or a key.
 */
export class Metrics {
  readonly registry = new Registry();

  /** Counts of the process and its event loop, for processes that are scraped. */
  collectProcess(): void {
    collectDefaultMetrics({ register: this.registry });
  }

  counter<L extends string>(name: string, help: string, labelNames: L[] = []): Counter<L> {
    return new Counter({ name: `syncline_${name}`, help, labelNames, registers: [this.registry] });
  }

  gauge<L extends string>(
    name: string,
    help: string,
    collect?: (gauge: Gauge<L>) => void,
    labelNames: L[] = [],
  ): Gauge<L> {
    return new Gauge({
      name: `syncline_${name}`,
      help,
      labelNames,
      registers: [this.registry],
      ...(collect && {
        collect(this: Gauge<L>) {
          collect(this);
        },
      }),
    });
  }

  /** `buckets` in seconds. */
  histogram<L extends string>(name: string, help: string, buckets: number[], labelNames: L[] = []): Histogram<L> {
    return new Histogram({ name: `syncline_${name}`, help, labelNames, buckets, registers: [this.registry] });
  }
}
