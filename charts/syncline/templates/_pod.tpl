{{/* What every pod may do: nothing but write to its volumes. Passes the `restricted` Pod Security Standard. */}}
{{- define "syncline.podSecurity" -}}
automountServiceAccountToken: {{ default false .apiToken }}
enableServiceLinks: false
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: {{ .user }}
  runAsGroup: {{ .user }}
  fsGroup: {{ .user }}
  {{- /* Not at each start: that takes long on a large volume, and opens Postgres' own folder to its group, with which
  Postgres does not start. */}}
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile:
    type: RuntimeDefault
{{- end -}}

{{- define "syncline.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop:
      - ALL
{{- end -}}

{{- define "syncline.secretEnv" -}}
- name: {{ .env }}
  valueFrom:
    secretKeyRef:
      name: {{ .name }}
      key: {{ .key }}
{{- end -}}

{{/* Where one server is: the embedded one, else the URL, else a Secret of the operator's. */}}
{{- define "syncline.serverEnv" -}}
{{- $fullname := include "syncline.fullname" .root -}}
{{- if .embedded -}}
{{- if eq .env "DATABASE_URL" -}}
{{- include "syncline.secretEnv" (dict "env" .env "name" (include "syncline.generatedSecret" .root) "key" .env) -}}
{{- else -}}
- name: {{ .env }}
  value: {{ .embedded }}
{{- end -}}
{{- else if .server.url -}}
{{- include "syncline.secretEnv" (dict "env" .env "name" (printf "%s-urls" $fullname) "key" .env) -}}
{{- else -}}
{{- include "syncline.secretEnv" (dict "env" .env "name" .server.existingSecret.name "key" .server.existingSecret.key) -}}
{{- end -}}
{{- end -}}

{{- define "syncline.databaseEnv" -}}
{{- include "syncline.serverEnv" (dict "root" . "env" "DATABASE_URL" "server" .Values.postgres "embedded" .Values.embedded.postgres.enabled) -}}
{{- end -}}

{{/* The environment that pods and gateways have in common. */}}
{{- define "syncline.env" -}}
{{- $values := .Values -}}
{{- $fullname := include "syncline.fullname" . -}}
{{- include "syncline.databaseEnv" . }}
{{ include "syncline.serverEnv" (dict "root" . "env" "REDIS_URL" "server" $values.redis "embedded" ($values.embedded.valkey.enabled | ternary (printf "redis://%s-valkey:6379" $fullname) "")) }}
{{ include "syncline.serverEnv" (dict "root" . "env" "NATS_URL" "server" $values.nats "embedded" ($values.embedded.nats.enabled | ternary (printf "nats://%s-nats:4222" $fullname) "")) }}
{{- with $values.installation }}
- name: INSTALLATION
  value: {{ . | quote }}
{{- end }}
- name: AUTH_MODE
  value: {{ $values.auth.mode }}
{{- if eq $values.auth.mode "keys" }}
{{- $secret := default (include "syncline.generatedSecret" .) $values.auth.existingSecret }}
{{ include "syncline.secretEnv" (dict "env" "KEY_PEPPER" "name" $secret "key" "KEY_PEPPER") }}
{{ include "syncline.secretEnv" (dict "env" "TOKEN_SECRET" "name" $secret "key" "TOKEN_SECRET") }}
{{- with $values.auth.jwt }}
{{- if .jwksUrl }}
- name: JWT_JWKS_URL
  value: {{ .jwksUrl | quote }}
{{- end }}
{{- if .existingSecret.name }}
{{ include "syncline.secretEnv" (dict "env" "JWT_SECRET" "name" .existingSecret.name "key" .existingSecret.key) }}
{{- end }}
{{- if .issuer }}
- name: JWT_ISSUER
  value: {{ .issuer | quote }}
{{- end }}
{{- if .audience }}
- name: JWT_AUDIENCE
  value: {{ .audience | quote }}
{{- end }}
{{- end }}
{{- else }}
- name: ALLOW_OPEN
  value: '1'
{{- end }}
- name: PUBLIC_URL
  value: {{ $values.publicUrl | quote }}
{{- with $values.corsOrigins }}
- name: CORS_ORIGINS
  value: {{ join "," . | quote }}
{{- end }}
{{- end -}}

{{/* Resources, as texts, without what is null: Helm takes that away only where the chart has a default. */}}
{{- define "syncline.resources" -}}
{{- $kept := dict -}}
{{- range $kind, $quantities := default dict . -}}
{{- range $name, $quantity := default dict $quantities -}}
{{- if not (kindIs "invalid" $quantity) -}}
{{- $_ := set $kept $kind (set (default dict (get $kept $kind)) $name (toString $quantity)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toYaml $kept -}}
{{- end -}}

{{/* A quantity, such as 250m, 1Gi or 1e9, as a number. */}}
{{- define "syncline.amount" -}}
{{- $units := dict "" 1.0 "n" 1e-9 "u" 1e-6 "m" 0.001 "k" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "P" 1e15 "E" 1e18 "Ki" 1024.0 "Mi" 1048576.0 "Gi" 1073741824.0 "Ti" 1099511627776.0 "Pi" 1125899906842624.0 "Ei" 1152921504606846976.0 -}}
{{- $unit := regexFind "[A-Za-z]+$" (toString .) -}}
{{- mulf (toString . | trimSuffix $unit | float64) (index $units $unit) -}}
{{- end -}}
