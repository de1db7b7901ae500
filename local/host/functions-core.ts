// What the Functions runtime gives to an app as the module `@azure/functions-core`: the local host stands in for it. The app's
// own copy of @azure/functions registers its functions here.
import type { HttpResponseInit } from '@azure/functions';

export interface RegisteredFunction {
  readonly name: string;
  readonly metadata: Metadata;
  readonly trigger: Trigger;
  readonly invoke: (...inputs: readonly unknown[]) => HttpResponseInit | Promise<HttpResponseInit>;
}

/** What a trigger of any kind may name: a route and methods for HTTP, a schedule for a timer. */
interface Trigger {
  readonly type: string;
  readonly route?: string;
  readonly methods?: readonly string[];
  readonly schedule?: string;
}

/** Where an app finds this module in the place of the runtime's. */
export const coreUrl = import.meta.url;

export const registeredFunctions: RegisteredFunction[] = [];

export const version = '3.11.0';
export const hostVersion = '4.1042.100';

interface Metadata {
  readonly name: string;
  readonly bindings: Readonly<Record<string, Trigger>>;
}

export function registerFunction(metadata: Metadata, invoke: RegisteredFunction['invoke']): Disposable {
  const { name, bindings } = metadata;
  const trigger = Object.values(bindings).find(({ type }) => /trigger$/i.test(type));
  if (trigger === undefined) throw new Error(`Cannot register function "${name}": it must have a trigger`);
  registeredFunctions.push({ name, metadata, trigger, invoke });
  return new Disposable(() => undefined);
}

export function registerHook(): Disposable {
  return new Disposable(() => undefined);
}

/** The library's half of the runtime: how a request becomes a function's arguments, and its result a response. */
export interface ProgrammingModel {
  readonly getCapabilities: (capabilities: Record<string, string>) => Promise<Readonly<Record<string, string>>>;
  readonly getInvocationModel: (invocation: unknown) => InvocationModel;
}

export interface InvocationModel {
  readonly getArguments: () => Promise<{ readonly context: object; readonly inputs: unknown[] }>;
  readonly invokeFunction: (
    context: object,
    inputs: unknown[],
    handler: RegisteredFunction['invoke'],
  ) => Promise<unknown>;
  readonly getResponse: (
    context: object,
    result: unknown,
  ) => Promise<{ readonly returnValue?: { readonly http?: HttpResult } }>;
}

/** How the library hands a response to the host, where bodies are not streamed. */
export interface HttpResult {
  readonly statusCode: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: { readonly bytes?: Uint8Array };
}

export const registeredModels: ProgrammingModel[] = [];

export function setProgrammingModel(model: ProgrammingModel): void {
  registeredModels.push(model);
}

export function log(): void {
  // The library's own notes, such as "HTTP streaming enabled": of no interest on a laptop.
}

export class Disposable {
  readonly #dispose: () => void;

  constructor(dispose: () => void) {
    this.#dispose = dispose;
  }

  dispose(): void {
    this.#dispose();
  }
}
