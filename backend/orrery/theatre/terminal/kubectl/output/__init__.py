"""How objects are printed: one file a format.

    tables        what the server has set in a table      columns        -o custom-columns
    yaml_text     -o yaml                                  jsonpath       -o jsonpath, --sort-by
    json_text     -o json                                  templates      -o go-template
    formats       which of them ``-o`` means
"""
