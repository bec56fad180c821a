"""The surroundings of the program: locked packages, the virtual environment, system libraries, GPU.

Standard library only, here and in every module of this package: ``main.py`` uses it before
anything is installed.
"""
