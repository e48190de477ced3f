import json
import os

from omemo.storage import Just, Nothing, Storage


class FileStorage(Storage):
    """One JSON file, written whole at each change; in memory without a path."""

    def __init__(self, path):
        super().__init__()
        self.path = path
        self.data = {}
        if path and os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                self.data = json.load(file)

    def _write(self):
        if self.path:
            with open(self.path + ".new", "w", encoding="utf-8") as file:
                json.dump(self.data, file)
            os.replace(self.path + ".new", self.path)

    async def _load(self, key):
        return Just(self.data[key]) if key in self.data else Nothing()

    async def _store(self, key, value):
        self.data[key] = value
        self._write()

    async def _delete(self, key):
        if self.data.pop(key, None) is not None:
            self._write()
