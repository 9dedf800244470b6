{{- define "syncline.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- define "syncline.fullname" -}}
{{- $name := include "syncline.name" . -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* What selects the pods of one component: these never change. */}}
{{- define "syncline.selector" -}}
app.kubernetes.io/name: {{ include "syncline.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- define "syncline.metadata" -}}
name: {{ printf "%s-%s" (include "syncline.fullname" .root) .component }}
labels:
  {{- include "syncline.selector" . | nindent 2 }}
  app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
{{- end -}}

{{- define "syncline.image" -}}
{{- $registry := empty .root.Values.image.registry | ternary "" (printf "%s/" .root.Values.image.registry) -}}
{{- if .image.digest -}}
{{- printf "%s%s@%s" $registry .image.repository .image.digest -}}
{{- else -}}
{{- printf "%s%s:%s" $registry .image.repository (default .root.Chart.AppVersion .root.Values.image.tag) -}}
{{- end -}}
{{- end -}}

{{/* A Job cannot be changed, so one that would be different has another name: its spec is part of it. */}}
{{- define "syncline.job" -}}
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ printf "%s-%s-%s" (include "syncline.fullname" .root) .component (sha256sum .spec | trunc 8) }}
  labels:
    {{- include "syncline.selector" . | nindent 4 }}
  {{- with .more }}
  {{- . | nindent 2 }}
  {{- end }}
spec:
  {{- .spec | nindent 2 }}
{{- end -}}

{{- define "syncline.generatedSecret" -}}
{{- printf "%s-generated" (include "syncline.fullname" .) -}}
{{- end -}}

{{/* "true" when some secret is made by the Job. */}}
{{- define "syncline.generates" -}}
{{- if or .Values.embedded.postgres.enabled (and (eq .Values.auth.mode "keys") (not .Values.auth.existingSecret)) -}}
true
{{- end -}}
{{- end -}}
