"""Damaged and malicious files, and what fails under the program."""
