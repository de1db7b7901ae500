// Adds Delta's jars to Spark. Spark's own resolver fetches them once, by name. They are checked here, and copied beside
// Spark's jars.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CommandError } from '../command.ts';

const run = promisify(execFile);
const coordinates = 'io.delta:delta-spark_2.12:3.2.1';

/** The SHA-256 of each file. */
const jars: Readonly<Record<string, string>> = {
  'io.delta_delta-spark_2.12-3.2.1.jar': '088e187da689a347a6a8556dcb22318e3dfcfb995d807f5e2c19b4d0a7ee9499',
  'io.delta_delta-storage-3.2.1.jar': '4dcc179fc4076bda5060a4038f979c53e1f5916cf04971e28f9441db390763c7',
  'org.antlr_antlr4-runtime-4.9.3.jar': '131a6594969bc4f321d652ea2a33bc0e378ca312685ef87791b2c60b29d01ea5',
};

export async function addDelta(python: string, folder: string): Promise<void> {
  const ivy = join(folder, 'ivy');
  const code = [
    'from pyspark.sql import SparkSession',
    `builder = SparkSession.builder.master("local[1]").config("spark.jars.packages", "${coordinates}")`,
    `builder = builder.config("spark.jars.ivy", ${JSON.stringify(ivy)}).config("spark.ui.enabled", "false")`,
    'builder.config("spark.driver.host", "127.0.0.1").getOrCreate().stop()',
  ].join('\n');
  await run(python, ['-c', code], { env: { ...process.env, SPARK_LOCAL_IP: '127.0.0.1' } });
  const { stdout } = await run(python, ['-c', 'import pyspark; print(pyspark.__path__[0])']);
  for (const [name, digest] of Object.entries(jars)) {
    const fetched = join(ivy, 'jars', name);
    const found = createHash('sha256').update(readFileSync(fetched)).digest('hex');
    if (found !== digest)
      throw new CommandError(`Cannot set up engines: ${name} must have the SHA-256 ${digest}: it has ${found}`);
    copyFileSync(fetched, join(stdout.trim(), 'jars', name));
  }
}
