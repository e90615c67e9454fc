"""Sequences of vectors: .ts files of the UEA archive, tables with a row a step."""

from __future__ import annotations

from gauntlet.oddity import Oddity, Prepared, Read, Refused

COLUMNS = {"series": None, "label": None}
TWO = [("[[1.0, 3.0], [2.0, 4.0]]", "up"), ("[[5.0, 6.0]]", "down")]
DATA = "1,2:3,4:up\n5:6:down\n"
STEPS = {"sequence": "id"}
TRAINED = [
    "task=classification",
    "task/embedding=series",
    "data=timeseries",
    "data.train=train.ts",
    "data.val=test.ts",
    "data.test=test.ts",
]


def ts(text: str, values: list | None = None, says: list | None = None) -> Read:
    """A .ts file and what is read of it."""
    return Read(
        "timeseries", {"a.ts": text}, TWO if values is None else values, COLUMNS, says=says or []
    )


def ts_refused(text: str, *parts: str) -> Refused:
    """A .ts file that is refused."""
    return Refused("timeseries", {"a.ts": text}, parts, COLUMNS)


def steps(text: str, values: list | None = None, says: list | None = None) -> Read:
    """A table with a row a step, and what is read of it."""
    return Read(
        "timeseries",
        {"a.csv": text},
        TWO if values is None else values,
        COLUMNS,
        STEPS,
        says=says or [],
    )


def steps_refused(text: str, *parts: str) -> Refused:
    """A table with a row a step that is refused."""
    return Refused("timeseries", {"a.csv": text}, parts, COLUMNS, STEPS)


ODDITIES = [
    Oddity(
        "`@classLabel`, `@classlabel`, `@CLASSLABEL`; tabs behind them; remarks and blank lines",
        "tools that write `.ts` files each in their own way",
        "They mean the same.",
        [
            ts(f"# made by hand\n@problemName x\n\n@classLabel true up down\n@data\n{DATA}"),
            ts(f"@CLASSLABEL TRUE up down\n@DATA\n{DATA}"),
            ts(f"@classlabel\ttrue up down\n@data\n{DATA}"),
            ts(f"@classLabel true\n@data\n# a remark\n{DATA}\n"),
        ],
    ),
    Oddity(
        "`?` and `NaN` in place of a number",
        "gaps in a measurement",
        "The example is left out, counted, and its line is named.",
        [
            ts(
                "@classLabel true up down\n@data\n1,?:3,NaN:up\n5:6:down\n",
                [("[[1.0, 3.0], [NaN, NaN]]", "up"), TWO[1]],
            ),
            Prepared(
                TRAINED,
                {
                    "train.ts": f"@classLabel true up down\n@data\n{DATA * 2}1,?:3,4:up\n?:1:up\n",
                    "test.ts": f"@classLabel true up down\n@data\n{DATA}",
                },
                [["2 of 6", "lacks a finite number", "train.ts:7, train.ts:8"]],
                {"train": 4},
            ),
        ],
    ),
    Oddity(
        "Channels of unequal length within an example",
        "sensors of different rates",
        "The example is left out, counted, and its line is named.",
        [ts(f"@classLabel true up down\n@data\n1,2:3:up\n{DATA}", says=[["a.ts:3", "1 "]])],
    ),
    Oddity(
        "Another number of channels, or something that is no number",
        "an annotator's slip",
        "The example is left out, counted, and its line is named.",
        [
            ts(
                "@classLabel true up down\n@data\n1,2:3,4:up\n1:up\n5:6:down\n",
                says=[["a.ts:4", "1 "]],
            ),
            ts(
                "@classLabel true up down\n@data\n1,2:3,4:up\n1:x:up\n5:6:down\n",
                says=[["a.ts:4", "1 "]],
            ),
        ],
    ),
    Oddity(
        "Numbers such as `1_000`, `0x10`, `1d5`, or in digits of another script",
        "programs that group digits, Fortran, copied tables",
        "They are no numbers, though Python takes some of them: the example is left out, counted, "
        "and its line is named.",
        [
            *(
                ts(
                    f"@classLabel true\n@data\n1,{bad}:3,4:up\n{DATA}",
                    says=[["a.ts:3", "1 with"]],
                )
                for bad in ("1_000", "0x10", "1d5", "\u0661\u0662", "\uff11")
            ),
            steps(
                "id,label,x,y\nA,up,1,3\nA,up,2,4\nB,down,5,6\nC,up,1_0,2\n",
                says=[["a.csv:5", "1 with", "'1_0'"]],
            ),
        ],
    ),
    Oddity(
        "A label that `@classLabel` does not list; `1.0` for `1`",
        "files put together from several, spreadsheets in between",
        "Such an example is left out, counted, and its line is named; a number is the label that "
        "it equals.",
        [
            ts(f"@classLabel true up down\n@data\n{DATA}1:2:left\n", says=[["a.ts:5", "'left'"]]),
            ts("@classLabel true 1 2\n@data\n1:2:1.0\n", [("[[1.0, 2.0]]", "1")]),
        ],
    ),
    Oddity(
        "Other channels or steps than `@dimensions`, `@univariate`, `@equalLength` or "
        "`@seriesLength` say",
        "recordings that broke off",
        "The example is left out, counted, and its line is named.",
        [
            ts(
                f"@dimensions 2\n@classLabel true\n@data\n{DATA}1:up\n",
                says=[["a.ts:6", "1 with", "2 expected as on @dimensions on line 1"]],
            ),
            ts(
                "@dimensions 2\n@equalLength true\n@seriesLength 1\n@classLabel true\n@data\n"
                "5:6:down\n1,2:3,4:up\n",
                TWO[1:],
                [["a.ts:7", "1 expected as by @seriesLength on line 3"]],
            ),
            ts(
                "@equalLength true\n@classLabel true\n@data\n5:6:down\n1,2:3,4:up\n",
                TWO[1:],
                [["a.ts:5", "1 expected as by line 4"]],
            ),
            ts_refused("@dimensions two\n@data\n1\n", "a.ts:1", "@dimensions is 'two'"),
        ],
    ),
    Oddity(
        "Numbers of thousands of digits, or beyond what 32 bits hold",
        "sensors that overflow, columns that ran into each other",
        "The example is left out, counted, and its line is named.",
        [
            Prepared(
                TRAINED,
                {
                    "train.ts": f"@classLabel true\n@data\n{DATA * 2}{bad}:4:up\n",
                    "test.ts": f"@classLabel true\n@data\n{DATA}",
                },
                [["1 of 5", "lacks a finite number below 3.4e38", "train.ts:7"]],
                {"train": 4},
            )
            for bad in ("9" * 5000, "1e39", "-1e300")
        ],
    ),
    Oddity(
        "An example without a label",
        "test sets whose labels are secret",
        "The example is left out, counted, and its line is named.",
        [
            ts(
                "@classLabel true up down\n@data\n1,2:3,4:up\n1:2:\n5:6:down\n",
                says=[["a.ts:4", "1 "]],
            )
        ],
    ),
    Oddity(
        "Values with time stamps",
        "`@timeStamps true`",
        "Refused by a message that says so.",
        [
            ts_refused(
                "@timeStamps true\n@classLabel true up\n@data\n(0,1):up\n", "a.ts:1", "time stamps"
            )
        ],
    ),
    Oddity(
        "No `@data` line, or data before it",
        "files cut by hand",
        "Refused by a message that says so.",
        [
            ts_refused("@classLabel true up\n", "a.ts", "@data"),
            ts_refused("1,2:up\n", "a.ts:1", "@data"),
        ],
    ),
    Oddity(
        "`@targetlabel` in place of `@classLabel`",
        "regression sets of the archive",
        "What stands last is the label.",
        [ts("@targetlabel true\n@data\n1,2:3,4:0.5\n", [(TWO[0][0], "0.5")])],
    ),
    Oddity(
        "Decimal commas, with semicolons between the cells",
        "loggers and Excel in most of Europe",
        "They are read as decimal points, and one line says how the file was read.",
        [
            steps(
                "id;label;x;y\nA;up;1,5;3\nA;up;2;4,25\n",
                [("[[1.5, 3.0], [2.0, 4.25]]", "up")],
                [["a.csv", "semicolon"]],
            )
        ],
    ),
    Oddity(
        "Empty cells among numbers",
        "gaps in a measurement",
        "A missing value of a channel is its mean.",
        [steps("id,label,x,y\nA,up,1,\nA,up,2,4\n", [("[[1.0, NaN], [2.0, 4.0]]", "up")])],
    ),
    Oddity(
        "Words among numbers: `n/a`, `ERR`",
        "loggers",
        "Refused at the line, with the column and the option that names the columns of numbers.",
        [
            steps_refused(
                "id,label,x,y\nA,up,1,3\nA,up,ERR,4\n", "a.csv:3", "'x'", "'ERR'", "reader.channels"
            )
        ],
    ),
    Oddity(
        "Rows of a sequence in several places",
        "tables sorted by time alone",
        "Refused at the line: steps would be lost or torn apart.",
        [steps_refused("id,label,x\nA,up,1\nB,up,2\nA,up,3\n", "a.csv:4", "'A'", "sort the rows")],
    ),
    Oddity(
        "Several labels within one sequence",
        "a label that changes in time, read as one of the whole",
        "Refused at the line, with the labels.",
        [steps_refused("id,label,x\nA,up,1\nA,down,2\n", "a.csv:2", "several values", "'label'")],
    ),
    Oddity(
        "Numbers such as `1e-3`, `+5`, `.5`, with spaces around them",
        "every program writes numbers in its own way",
        "They are the numbers that they stand for.",
        [
            ts(
                "@classLabel true up\n@data\n 1e-3, +5 : .5,-0 :up\n",
                [("[[0.001, 0.5], [5.0, -0.0]]", "up")],
            )
        ],
    ),
]
