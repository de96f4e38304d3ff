export {
  createPasswordHasher,
  DEFAULT_HASH_COST,
  type HashCost,
  type PasswordHasher,
  type PasswordHasherOptions,
  type Verdict,
} from './hashing.ts';
export {
  checkPassword,
  PASSWORD_MAX_BYTES,
  PASSWORD_MIN_CHARACTERS,
  PASSWORD_PROBLEMS,
  type PasswordPolicy,
  type PasswordProblem,
} from './policy.ts';
