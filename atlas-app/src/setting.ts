/** A value of the app as text; empty where there is none. */
export function settingOf(name: string): string {
  const value = context.values.get(name);
  return typeof value === 'string' ? value.trim() : '';
}
