// How many requests a view of the status page can still make.

export interface CallBudget {
  readonly take: () => boolean;
}

export function budgetOf(calls: number): CallBudget {
  let left = calls;
  return { take: () => left-- > 0 };
}

export function budgetWithin(budget: CallBudget, calls: number): CallBudget {
  const own = budgetOf(Math.floor(calls));
  return { take: () => own.take() && budget.take() };
}
