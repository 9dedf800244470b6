// A process that drives one workload against one target, so that no run inherits another's heap. `../run.ts` forks it.
import { closedLoop } from './closed-loop.ts';
import { journalBytes } from './journal-bytes.ts';
import { largeDocument } from './large-document.ts';
import { longJournal } from './long-journal.ts';
import { manyDocuments } from './many-documents.ts';
import { pingPong } from './ping-pong.ts';
import type { Measurement, Task, Workload, WorkloadName } from './workload.ts';

const WORKLOADS: Record<WorkloadName, Workload> = {
  'ping-pong': pingPong,
  'many-documents': manyDocuments,
  'large-document': largeDocument,
  'journal-bytes': journalBytes,
  'long-journal': longJournal,
  'closed-loop': closedLoop,
};

process.on('disconnect', () => process.exit(1));
process.once('message', (task: Task) => {
  WORKLOADS[task.workload](task)
    .catch((error: Error): Measurement => ({ numbers: {}, problems: [error.message] }))
    .then((measurement) => process.send!(measurement, () => process.exit(0)));
});
