import { parse } from 'yaml';
import { read } from './render.ts';

export interface Alert {
  alert: string;
  expr: string;
  annotations: { summary: string; runbook: string };
}

/** The alerts that the chart ships. */
export function alerts(): Alert[] {
  const { groups } = parse(read('charts/syncline/files/alerts.yaml')) as { groups: { rules: Alert[] }[] };
  return groups.flatMap(({ rules }) => rules);
}

/** What the dashboard that the chart ships asks Prometheus. */
export function dashboard(): { expressions: string[] } {
  const { panels, templating } = JSON.parse(read('charts/syncline/files/dashboard.json')) as {
    panels: { targets: { expr: string }[] }[];
    templating: { list: { query: string }[] };
  };
  const variables = templating.list.map(({ query }) => query).filter((query) => query.startsWith('label_values('));
  return { expressions: [...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)), ...variables] };
}

/** The metrics that an expression names. @throws when it names none, or one whose prefix is none of ours */
export function metricsIn(expression: string): string[] {
  const bare = expression.replaceAll(/\{[^}]*\}|\[[^\]]*\]|"[^"]*"|\b(by|without) \([^)]*\)/g, ' ');
  const words = bare.replace(/^label_values\((\w+),.*/, '$1').match(/[a-z_]\w*(?!\w|\s*\()/g) ?? [];
  const strange = words.filter((word) => !/^(syncline|nodejs|process)_/.test(word));
  if (words.length === 0 || strange.length) throw new Error(`cannot tell the metrics of ${expression}: ${strange}`);
  return words;
}
