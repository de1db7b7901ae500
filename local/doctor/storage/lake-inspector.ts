// The doctor's questions to a lake that the ports of shared/lake/lake.ts cannot answer.
export interface LakeInspector {
  /** The Date header of an answer. Undefined if the lake is a folder of this machine. */
  readonly serverDate: (signal: AbortSignal) => Promise<string | undefined>;
  /** Undefined if the identity may not ask. */
  readonly isHierarchical: (signal: AbortSignal) => Promise<boolean | undefined>;
}
