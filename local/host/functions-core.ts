// Replaces the module `@azure/functions-core`, which the Functions runtime gives to an app. The app's copy of
// @azure/functions registers the functions here.
import type { HttpResponseInit } from '@azure/functions';

export interface RegisteredFunction {
  readonly name: string;
  readonly metadata: Metadata;
  readonly trigger: Trigger;
  readonly invoke: (...inputs: readonly unknown[]) => HttpResponseInit | Promise<HttpResponseInit>;
}

/** The members of all triggers: an HTTP trigger has a route and methods, a timer has a schedule. */
interface Trigger {
  readonly type: string;
  readonly route?: string;
  readonly methods?: readonly string[];
  readonly schedule?: string;
  readonly authLevel?: string;
}

/** The app loads this module instead of the runtime's. */
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
  if (trigger === undefined) throw new Error(`Cannot register function "${name}": it must have a trigger: it has none`);
  registeredFunctions.push({ name, metadata, trigger, invoke });
  return new Disposable(() => undefined);
}

export function registerHook(): Disposable {
  return new Disposable(() => undefined);
}

/**
 * The library's part of the runtime. It turns a request into a function's arguments, and the result into a response.
 */
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

/** The library's response to the host when bodies are not streamed. */
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
  // Drops the library's own notes, such as "HTTP streaming enabled".
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
