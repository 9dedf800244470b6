/** Whether a bus can be used right now; `error` says why not, where that is known. */
export interface BusStatus {
  available: boolean;
  error?: Error;
}
