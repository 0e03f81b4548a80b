"""The theatre: what the audience sees of a run, and what it may do to it.

stage         every record as it is now, and what has changed since the browsers were last told
projections   trace events in, records on the stage; one file a part of the cluster
recorder      the trace, kept within bounds: why something happened and what it caused
director      how fast virtual time passes
acts          what people and real clients do, as recorded inputs of the run
chronicle     everything that was told, kept so that the past can be looked at
runs          a run as a document: a link or a file
room          one cluster with its audience
records       what the browser is told: one source, from which the frontend's types are made

Rules: the theatre looks at what is simulated and never changes it but through the inbox. The wall clock is read here
and above, nowhere below.
"""
