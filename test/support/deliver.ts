// A separate process that receives a body for each lake: `deliver <settings> <body> <folder>…`. It prints each answer.

import { receive } from '../../shared/http/receive.ts';
import { toResponse } from '../../shared/http/response.ts';
import { folderWriter } from '../../shared/lake/folder/folder-writer.ts';
import { deliveryOf, now, receiverWith } from './deliveries.ts';

const [settings = '{}', body = '', ...folders] = process.argv.slice(2);

const answers: unknown[] = [];
for (const folder of folders) {
  const receiver = receiverWith(folderWriter(folder), JSON.parse(settings));
  const { status, body: text } = toResponse(await receive(deliveryOf(body), receiver, now), receiver.settings);
  answers.push({ ...JSON.parse(text), status });
}
console.log(JSON.stringify({ answers }));
