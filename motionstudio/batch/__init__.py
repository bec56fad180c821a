"""Whole studies: many clips with one or more models, on this machine or on a cluster.

A study is a TOML file (``study``) that becomes a list of tasks (``planning``), each of which is
one clip with one model and one folder of results (``work``). Tasks are given to processes that
may die at any moment (``local``, ``cluster``); ``scheduler`` sees to it that nothing is lost and
nothing is done twice. Only ``work``, in those processes, loads torch.
"""
