/// <reference types="@kusto/language-service-next" />
// Reads Kusto queries with Microsoft's own parser: their problems, the fields that they read, and their columns.
import { createRequire } from 'node:module';

// Scripts for browsers, which export global names.
const require = createRequire(import.meta.url);
require('@kusto/language-service-next/bridge.min.js');
require('@kusto/language-service-next/Kusto.Language.Bridge.min.js');

const { GlobalState, KustoCode, Symbols } = Kusto.Language;

export interface ReadQuery {
  readonly problems: readonly string[];
  /** The columns of the result, with their types. */
  readonly columns: Readonly<Record<string, string>>;
  /** The fields of `line`, the log line, that the query reads: `lagMs` for `line.lagMs`. */
  readonly fields: readonly string[];
}

/** https://learn.microsoft.com/azure/azure-monitor/reference/tables/apptraces: only the columns for queries here. */
const appTraces = new Symbols.TableSymbol.$ctor7(
  'AppTraces',
  '(TimeGenerated: datetime, Message: string, SeverityLevel: int, AppRoleName: string, OperationId: string)',
  null,
);
/** https://learn.microsoft.com/azure/azure-monitor/reference/tables/apprequests */
const appRequests = new Symbols.TableSymbol.$ctor7(
  'AppRequests',
  '(TimeGenerated: datetime, Name: string, ResultCode: string, Success: bool, DurationMs: real, OperationId: string)',
  null,
);
const workspace = GlobalState.Default?.WithDatabase(
  new Symbols.DatabaseSymbol.ctor('workspace', [appTraces, appRequests]),
);

export function readQuery(text: string): ReadQuery {
  const code = KustoCode.ParseAndAnalyze(text, workspace ?? null);
  const result = code?.ResultType;
  const columns = result instanceof Symbols.TableSymbol ? elementsOf(result.Columns) : [];
  return {
    problems: elementsOf(code?.GetDiagnostics()).map(({ Code, Message }) => `${Code} ${Message}`),
    columns: Object.fromEntries(columns.map(({ Name, Type }) => [Name ?? '', Type?.Name ?? ''])),
    fields: [...new Set([...text.matchAll(/\bline\.(\w+)/g)].map(([, field = '']) => field))].sort(),
  };
}

function elementsOf<T>(list: System.Collections.Generic.IReadOnlyList$1<T> | null | undefined): T[] {
  return list ? Array.from({ length: list.Count }, (_, index) => list.getItem(index)) : [];
}
