"""The doors for files and for mail: bulk files of applications, and paper forms keyed twice."""
