import { NativeSelect } from '@mantine/core';

const DAY_MS = 86_400_000;
const LASTING = [
  { value: '', label: 'Until revoked' },
  { value: '1', label: 'One day' },
  { value: '7', label: 'One week' },
  { value: '30', label: '30 days' },
  { value: '365', label: 'One year' },
];

/** How long something that lets in is to last; `value` is a number of days, or nothing. */
export function ExpirySelect({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  return (
    <NativeSelect
      label="It works"
      data={LASTING}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

/** What {@link ExpirySelect} gave, as REST takes it. */
export function expiryOf(days: string): { expires_at?: string } {
  return days === '' ? {} : { expires_at: new Date(Date.now() + Number(days) * DAY_MS).toISOString() };
}

export function isOver(end: string | null): boolean {
  return end !== null && Date.parse(end) <= Date.now();
}

/** When something ends, as one says it beside a name. */
export function describedEnd(end: string | null): string {
  if (end === null) return 'works until revoked';
  const when = new Date(end).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
  return isOver(end) ? `ended ${when}` : `works until ${when}`;
}
