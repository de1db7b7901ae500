// A process of its own that receives a body for each lake it is given: `deliver <settings> <body> <folder>…`. Says what each
// sender is answered.

import { receive } from '../../shared/http/receive.ts';
import { toResponse } from '../../shared/http/response.ts';
import { folderLake } from '../../shared/lake/folder/folder-lake.ts';
import { deliveryOf, now, receiverWith } from './deliveries.ts';

const [settings = '{}', body = '', ...folders] = process.argv.slice(2);

const answers: unknown[] = [];
for (const folder of folders) {
  const receiver = receiverWith(folderLake(folder), JSON.parse(settings));
  const { status, body: text } = toResponse(await receive(deliveryOf(body), receiver, now), receiver.settings);
  answers.push({ ...JSON.parse(text), status });
}
console.log(JSON.stringify({ answers }));
