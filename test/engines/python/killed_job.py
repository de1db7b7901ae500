"""A job that ends by SIGKILL at a point of it, with Spark itself: killed_job.py <job> <merge> <before|after> <options of the job>"""

import importlib
import os
import signal
import sys

from deaths import death

_, name, merge, when, *arguments = sys.argv
with death(int(merge), when, lambda: os.killpg(os.getpgrp(), signal.SIGKILL)):
    importlib.import_module(name).main(arguments)
