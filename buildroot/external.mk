include $(sort $(wildcard $(BR2_EXTERNAL_PABX_PATH)/package/*/*.mk))
