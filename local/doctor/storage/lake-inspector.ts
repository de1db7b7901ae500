// What the doctor asks of a lake beyond the ports of shared/lake/lake.ts.
export interface LakeInspector {
  /** The Date header of an answer; undefined where the lake is a folder of this machine. */
  readonly serverDate: (signal: AbortSignal) => Promise<string | undefined>;
  /** Undefined where the identity may not ask. */
  readonly isHierarchical: (signal: AbortSignal) => Promise<boolean | undefined>;
}
