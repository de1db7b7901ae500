/// <reference types="@kusto/language-service-next" />
// Kusto queries, read by Microsoft's own parser: what it finds wrong, what it reads and what it gives.
import { createRequire } from 'node:module';

// Scripts for browsers: they put what they have into global names.
const require = createRequire(import.meta.url);
require('@kusto/language-service-next/bridge.min.js');
require('@kusto/language-service-next/Kusto.Language.Bridge.min.js');

const { GlobalState, KustoCode, Symbols } = Kusto.Language;

export interface ReadQuery {
  readonly problems: readonly string[];
  /** Columns of what the query gives, with their types. */
  readonly columns: Readonly<Record<string, string>>;
  /** What is read of `line`, the log line: `lagMs` for `line.lagMs`. */
  readonly fields: readonly string[];
}

/** https://learn.microsoft.com/azure/azure-monitor/reference/tables/apptraces, as much of it as a query here may need. */
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
