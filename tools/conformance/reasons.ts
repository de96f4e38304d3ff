/** Why an example of the documentation does not answer as printed, by its id. A miss without a reason fails the check. */
export const CASE_REASONS: Readonly<Record<string, string>> = {};
