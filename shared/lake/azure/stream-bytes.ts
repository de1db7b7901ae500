/**
 * All bytes of a stream. If the length is known, each chunk goes to its place at once. So a large file is not in memory
 * twice. Node's own stream consumer copies through a Blob and costs three times as much.
 */
export async function bytesOf(stream: NodeJS.ReadableStream, length?: number): Promise<Buffer> {
  if (length === undefined || length <= smallBytes) return await joined(stream);
  const bytes = Buffer.allocUnsafeSlow(length);
  let at = 0;
  for await (const chunk of stream) {
    const part = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    bytes.set(part, at);
    at += part.length;
  }
  return bytes.subarray(0, at);
}

/** Such a file comes in one or two chunks. */
const smallBytes = 65_536;

async function joined(stream: NodeJS.ReadableStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  return chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks);
}
