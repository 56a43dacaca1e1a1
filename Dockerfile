# One image for the web server, the background work and commands: see docs/deployment.md.
# The Python of Debian 12, on which the tests run.
FROM python:3.11-slim-bookworm

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /opt/windfall

# Before the code: a new version of it does not install them again.
COPY requirements.txt ./
RUN python -m pip install --require-hashes --only-binary :all: -r requirements.txt

COPY manage.py LICENSE ./
COPY config ./config
COPY curtailment ./curtailment
COPY mining ./mining
COPY summaries ./summaries
COPY templates ./templates
# The key is of this one command; no image has a secret.
RUN SECRET_KEY=only-while-the-image-is-built python manage.py collectstatic --noinput \
    && python -m compileall -q config curtailment mining summaries \
    && useradd --system --no-create-home --shell /usr/sbin/nologin windfall

# It may read the code, and write nothing but temporary files.
USER windfall
EXPOSE 8000
CMD ["python", "-m", "gunicorn", "--config", "config/gunicorn.py", "--bind", "0.0.0.0:8000", "config.wsgi"]
