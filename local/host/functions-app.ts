// Loads a Functions app from its folder as the runtime does: it loads the `main` of package.json.
import { readFile } from 'node:fs/promises';
import { registerHooks } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { coreUrl, type RegisteredFunction, registeredFunctions } from './functions-core.ts';

export interface FunctionsApp {
  readonly functions: readonly RegisteredFunction[];
  /** The first part of each route: `extensions.http.routePrefix` of host.json. */
  readonly routePrefix: string;
}

export async function loadFunctionsApp(folder: string): Promise<FunctionsApp> {
  registerHooks({
    resolve: (specifier, context, nextResolve) =>
      specifier === '@azure/functions-core' ? { url: coreUrl, shortCircuit: true } : nextResolve(specifier, context),
  });
  const [{ main }, host] = await Promise.all([readJson(folder, 'package.json'), readJson(folder, 'host.json')]);
  if (typeof main !== 'string')
    throw new Error(`Cannot load the app in "${folder}": package.json must name its "main": it is missing`);
  await import(pathToFileURL(resolve(folder, main)).href);
  return { functions: registeredFunctions, routePrefix: routePrefixOf(host) };
}

async function readJson(folder: string, file: string): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(join(folder, file), 'utf8'));
}

function routePrefixOf(host: { extensions?: { http?: { routePrefix?: string } } }): string {
  return host.extensions?.http?.routePrefix ?? 'api';
}
