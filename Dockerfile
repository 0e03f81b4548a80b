# The build stage has Node (as a Python wheel) and the whole source; only the finished environment goes on.
FROM python:3.13-slim AS build
WORKDIR /src
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/orrery
COPY requirements/run.txt requirements/run.txt
RUN /opt/orrery/bin/pip install --require-hashes -r requirements/run.txt
COPY pyproject.toml hatch_build.py README.md LICENSE ./
COPY frontend frontend
COPY static static
COPY backend backend
RUN /opt/orrery/bin/pip install --no-deps .

FROM python:3.13-slim
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/orrery orrery
COPY --from=build /opt/orrery /opt/orrery
ENV PATH=/opt/orrery/bin:$PATH PYTHONUNBUFFERED=1
USER 10001
WORKDIR /var/lib/orrery
EXPOSE 8000 6443
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD \
    ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
ENTRYPOINT ["orrery"]
# Inside the container every address is listened on; publish the ports on 127.0.0.1 unless others shall get in.
CMD ["serve", "--host", "0.0.0.0"]
