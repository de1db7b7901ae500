"""sqlfluff parses each dialect, fakesnow runs Snowflake's, and duckdb-kql runs Kusto's."""

import fakesnow
import snowflake.connector
from fakesnow.variables import Variables
from kusto import fired, kql
from sqlfluff.core import FluffConfig, Linter
from worker import serve


def parse(dialect, text):
    """Returns the kind of each statement, also in a procedure. sqlfluff accepts many texts that are not SQL, so the kind matters."""
    config = FluffConfig(overrides={"dialect": dialect, "large_file_skip_byte_limit": 0})
    parsed = Linter(config=config).parse_string(text)
    statements = [] if parsed.tree is None else parsed.tree.recursive_crawl("statement")
    return {
        "problems": [str(violation.desc()) for violation in parsed.violations],
        "kinds": [statement.segments[0].get_type() for statement in statements],
    }


# fakesnow takes `'$date'` for a session variable. Snowflake does not, inside quotes. Our statements have no variables.
Variables.inline_variables = lambda _self, sql: sql


# fakesnow lacks this function. The views call it with eight keys.
OBJECT_DELETE = """CREATE OR REPLACE TEMP MACRO object_delete(o, a, b, c, d, e, f, g, h) AS
    (SELECT json_group_object(key, value) FROM json_each(o) WHERE key NOT IN (a, b, c, d, e, f, g, h))"""


def snowflake_rows(steps):
    """Runs steps in one new database, and gives the rows of the last, or of each step that is `asked`."""
    with fakesnow.patch():
        with snowflake.connector.connect(database="LAKE", schema="PUBLIC") as connection:
            cursor = connection.cursor(snowflake.connector.DictCursor)
            cursor._duck_conn.execute(OBJECT_DELETE)
            answers = []
            for step in steps:
                for row in step.get("rows", [None]):
                    cursor.execute(step["sql"], row) if row is not None else cursor.execute(step["sql"])
                if step.get("asked"):
                    answers.append(cursor.fetchall())
            return answers or cursor.fetchall()


serve({"parse": parse, "snowflake": snowflake_rows, "kql": kql, "fired": fired})
