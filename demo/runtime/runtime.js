// What QlikMain.import() can bring. auth, invoke-fetch and qix are the code
// that @qlik/api runs in Node; the build gives it these names.

const modules = {
  'auth@v1': () => import('qlik-api:auth'),
  'invoke-fetch@v1': () => import('qlik-api:invoke-fetch'),
  'qix@v1': () => import('qlik-api:qix'),
  'initial-app-state@v1': () => import('./initial-app-state.js'),
  'embed-vanilla@v1': () => import('./embed.js'),
};

export async function module(name) {
  if (!Object.hasOwn(modules, name)) {
    throw new Error(`the demo tenant has no module ${name}`);
  }
  return modules[name]();
}
