// What is deployed, and nothing else. `.funcignore` says the same to the Functions Core Tools.
export const deployedFiles = ['host.json', 'package.json', 'dist/main.cjs'] as const;
