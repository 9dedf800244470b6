import type { Beginning } from '../home/kinds.ts';
import { NewPlanDialog } from './new-plan-dialog.tsx';
import { SAMPLE_PLAN } from './sample-plan.ts';

/** How people begin a plan, in the words of the list. */
export const PLANS: Beginning = {
  plural: 'Plans',
  action: 'New plan',
  Dialog: NewPlanDialog,
  sample: { name: 'Sample plan', open: 'Open a sample', document: SAMPLE_PLAN },
  empty: {
    title: 'No plans yet',
    text:
      'A plan is a list of steps and the thinking behind them. You and your agents edit it together, live: an agent ' +
      'drafts it, you change a word or tick a step, and it reads your changes before it goes on.',
    action: 'Write a plan',
    readOnly: 'With your key you can read the plans that others write here.',
  },
  onDevice: {
    list: 'Plans on this device',
    some: 'The plans below are on this device: open one and go on, your changes are sent later.',
    none: 'Plans that you open are kept on this device, so that next time you can go on without it.',
  },
};
