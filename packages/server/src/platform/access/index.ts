export { controlSocketPath, createControlSocket, type ControlSocket } from './control.ts';
export { localOperator } from './local.ts';
export { metricsScraper } from './scraper.ts';
export { confineTo, type CompanyScope } from './scope.ts';
export { PERMISSIONS, type Permission, type Principal, type PrincipalCompany } from './principal.ts';
export {
  accessPlugin,
  companiesOf,
  companyOf,
  principalOf,
  scopeOf,
  type Authenticate,
  type Credential,
  type RouteAccess,
} from './routes.ts';
