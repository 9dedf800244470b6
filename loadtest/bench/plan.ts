import type { Run } from './run.ts';

/** Everything that one round measures, in the order in which targets take turns. */
export const PLAN: Record<string, Run> = {
  'pair stock': { workload: 'ping-pong', target: 'stock', flushDelayMs: 0 },
  'pair relay': { workload: 'ping-pong', target: 'relay', flushDelayMs: 0 },
  'pair syncline': { workload: 'ping-pong', target: 'syncline', flushDelayMs: 0 },
  'many stock': { workload: 'many-documents', target: 'stock', flushDelayMs: 0 },
  'many relay': { workload: 'many-documents', target: 'relay', flushDelayMs: 0 },
  'many syncline': { workload: 'many-documents', target: 'syncline', flushDelayMs: 0 },
  'flush stock': { workload: 'many-documents', target: 'stock', flushDelayMs: 30 },
  'flush syncline': { workload: 'many-documents', target: 'syncline', flushDelayMs: 30 },
  'large stock': { workload: 'large-document', target: 'stock', flushDelayMs: 0 },
  'large syncline': { workload: 'large-document', target: 'syncline', flushDelayMs: 0 },
  'wal stock': { workload: 'journal-bytes', target: 'stock', flushDelayMs: 0 },
  'wal syncline': { workload: 'journal-bytes', target: 'syncline', flushDelayMs: 0 },
  'cold stock': { workload: 'long-journal', target: 'stock', flushDelayMs: 0 },
  'cold syncline': { workload: 'long-journal', target: 'syncline', flushDelayMs: 0 },
  'loop stock': { workload: 'closed-loop', target: 'stock', flushDelayMs: 0 },
  'loop syncline': { workload: 'closed-loop', target: 'syncline', flushDelayMs: 0 },
};

/** The tables of RESULTS.md by their marks, and the runs that each is made of: it is written when all of them were made. */
export const TABLES: Record<string, Row['runs'][]> = {
  table: ['pair', 'many', 'flush', 'large'],
  storage: ['wal', 'cold', 'loop'],
};

/** A row of the report: one number of each target's runs of this name. */
export interface Row {
  /** The first word of the runs' names in {@link PLAN}. */
  runs: 'pair' | 'many' | 'flush' | 'large' | 'wal' | 'cold' | 'loop';
  /** What the workload calls it. */
  number: string;
  title: string;
  unit: 'ms' | 'µs' | '/s' | 'B' | '×' | 'cores';
  /** Syncline's number may be at most this many times stock's. */
  timesStock?: number;
  /** Syncline's number may be at most this. */
  atMost?: number;
}

/** The goals are those of the project's design for load tests. */
export const ROWS: Row[] = [
  { runs: 'pair', number: 'p50', title: 'edit across pods, seen p50', unit: 'ms', timesStock: 1.7 },
  { runs: 'pair', number: 'p99', title: 'edit across pods, seen p99', unit: 'ms', timesStock: 1.5 },
  { runs: 'pair', number: 'ackP50', title: 'edit across pods, acknowledged p50', unit: 'ms' },
  { runs: 'many', number: 'cpuUs', title: '500 documents, pods’ CPU per edit', unit: 'µs', timesStock: 0.8 },
  { runs: 'many', number: 'postgresUs', title: '500 documents, Postgres’s CPU per edit', unit: 'µs' },
  { runs: 'many', number: 'p50', title: '500 documents, seen p50', unit: 'ms' },
  { runs: 'many', number: 'p99', title: '500 documents, seen p99', unit: 'ms', timesStock: 0.15 },
  { runs: 'many', number: 'ackP50', title: '500 documents, acknowledged p50', unit: 'ms', atMost: 3 },
  { runs: 'many', number: 'ackP99', title: '500 documents, acknowledged p99', unit: 'ms', atMost: 15 },
  { runs: 'many', number: 'editsPerSecond', title: '500 documents, edits typed', unit: '/s' },
  { runs: 'many', number: 'connectMs', title: '1,000 clients connect', unit: 'ms', timesStock: 0.1 },
  { runs: 'many', number: 'connectMaxMs', title: 'the slowest of them', unit: 'ms', atMost: 1000 },
  { runs: 'flush', number: 'cpuUs', title: '… flush delay 30 ms, pods’ CPU per edit', unit: 'µs', timesStock: 0.5 },
  { runs: 'flush', number: 'p99', title: '… flush delay 30 ms, seen p99', unit: 'ms', timesStock: 0.15 },
  { runs: 'large', number: 'cpuUs', title: '20,000 deletions, pods’ CPU per edit', unit: 'µs', timesStock: 0.1 },
  { runs: 'large', number: 'p50', title: '20,000 deletions, seen p50', unit: 'ms' },
  { runs: 'large', number: 'p99', title: '20,000 deletions, seen p99', unit: 'ms', timesStock: 0.3 },
  { runs: 'wal', number: 'walBytes', title: '1 MB document, WAL per edit typed in bursts', unit: 'B', atMost: 1024 },
  { runs: 'wal', number: 'walInARow', title: '… 1,000 edits in a row, snapshots included', unit: 'B' },
  { runs: 'cold', number: 'loadBeforeMs', title: '100,000 rows (1 MB), cold load before compaction', unit: 'ms' },
  { runs: 'cold', number: 'loadAfterMs', title: '… after it', unit: 'ms', timesStock: 0.8 },
  { runs: 'cold', number: 'speedUp', title: '… before / after', unit: '×' },
  { runs: 'loop', number: 'acksPerSecond', title: '64 clients in a closed loop, acknowledged', unit: '/s' },
  { runs: 'loop', number: 'ackP50', title: '… acknowledged p50', unit: 'ms' },
  { runs: 'loop', number: 'ackP99', title: '… acknowledged p99', unit: 'ms' },
  { runs: 'loop', number: 'podCores', title: '… cores that the pods used', unit: 'cores' },
  { runs: 'loop', number: 'postgresCores', title: '… cores that Postgres used', unit: 'cores' },
  { runs: 'loop', number: 'clientCores', title: '… cores that the clients used', unit: 'cores' },
];
