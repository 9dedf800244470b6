{{/*
One of our services: its Deployment, Service and PodDisruptionBudget.
`settings` are its variables beside the common ones (a large number is written out: Helm's own way is 3.3e+07);
`graceSeconds` is how long it takes to end, once told to.
*/}}
{{- define "syncline.workload" -}}
{{- $root := .root -}}
{{- $own := index $root.Values .component -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  {{- include "syncline.metadata" . | nindent 2 }}
spec:
  {{- if not .scaled }}
  replicas: {{ $own.replicas }}
  {{- end }}
  minReadySeconds: 5
  strategy:
    type: RollingUpdate
    rollingUpdate:
      maxSurge: 1
      maxUnavailable: 0
  selector:
    matchLabels:
      {{- include "syncline.selector" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "syncline.selector" . | nindent 8 }}
      annotations:
        # A URL that changed starts the pods anew.
        checksum/servers: {{ include "syncline.serversData" $root | sha256sum | trunc 16 }}
        {{- with $own.podAnnotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      {{- include "syncline.podSecurity" (dict "root" $root "user" 1000) | nindent 6 }}
      terminationGracePeriodSeconds: {{ add $root.Values.preStopSeconds .graceSeconds }}
      containers:
        - name: {{ .component }}
          image: {{ include "syncline.image" (dict "root" $root "image" $own.image) }}
          imagePullPolicy: {{ $root.Values.image.pullPolicy }}
          {{- include "syncline.containerSecurity" . | nindent 10 }}
          env:
            {{- include "syncline.env" $root | nindent 12 }}
            {{- range $name, $value := .settings }}
            - name: {{ $name }}
              value: {{ kindIs "float64" $value | ternary (int64 $value) $value | toString | quote }}
            {{- end }}
          ports:
            - name: http
              containerPort: 8080
            - name: admin
              containerPort: 9090
          # Neither of the first two asks for any server: to start a pod again mends none.
          startupProbe:
            httpGet: { path: /livez, port: http }
            periodSeconds: 1
            failureThreshold: 120
          livenessProbe:
            httpGet: { path: /livez, port: http }
            periodSeconds: 10
            timeoutSeconds: 5
            failureThreshold: 6
          # Soon back, and not soon gone: when the database is away all pods are alike unready, so that to take them out
          # for some seconds would help nobody, and keep people out when it is back.
          readinessProbe:
            httpGet: { path: /readyz, port: http }
            periodSeconds: 1
            timeoutSeconds: 1
            failureThreshold: 10
          lifecycle:
            preStop:
              sleep:
                seconds: {{ $root.Values.preStopSeconds }}
          resources:
            {{- include "syncline.resources" $own.resources | nindent 12 }}
          volumeMounts:
            - name: tmp
              mountPath: /tmp
      volumes:
        - name: tmp
          emptyDir: {}
      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: kubernetes.io/hostname
          whenUnsatisfiable: ScheduleAnyway
          labelSelector:
            matchLabels:
              {{- include "syncline.selector" . | nindent 14 }}
          matchLabelKeys:
            - pod-template-hash
      {{- with $own.priorityClassName }}
      priorityClassName: {{ . }}
      {{- end }}
      {{- range $key := list "nodeSelector" "tolerations" "affinity" }}
      {{- with index $own $key }}
      {{ $key }}:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- end }}
---
apiVersion: v1
kind: Service
metadata:
  {{- include "syncline.metadata" . | nindent 2 }}
spec:
  selector:
    {{- include "syncline.selector" . | nindent 4 }}
  ports:
    - name: http
      port: 8080
      targetPort: http
    - name: admin
      port: 9090
      targetPort: admin
{{- if $root.Values.podDisruptionBudget.enabled }}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  {{- include "syncline.metadata" . | nindent 2 }}
spec:
  maxUnavailable: 1
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels:
      {{- include "syncline.selector" . | nindent 6 }}
{{- end }}
{{- end -}}
