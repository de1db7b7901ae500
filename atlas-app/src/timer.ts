/** Of Node's timers the documentation of Atlas has the module; the globals are what everybody uses. */
export function startTimer(callback: () => void, ms: number): unknown {
  return typeof setTimeout === 'function' ? setTimeout(callback, ms) : require('timers').setTimeout(callback, ms);
}

export function stopTimer(timer: unknown): void {
  if (typeof clearTimeout === 'function') clearTimeout(timer);
  else if (typeof setTimeout !== 'function') require('timers').clearTimeout(timer);
}
